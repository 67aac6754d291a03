/** Words of the student's pages. */
export const student = {};
