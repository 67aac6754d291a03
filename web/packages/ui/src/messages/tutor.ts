/** Words of the tutor's pages. */
export const tutor = {};
