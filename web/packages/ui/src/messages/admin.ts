/** What the admin app says. */
export const admin = {
  title: "Administration",
  places: { courses: "Courses" },

  notAdmin: {
    title: "This is for admins of the school",
    text: (name: string) => `You are logged in as ${name}, who does not run this school. Ask an admin of it.`,
    home: "To my courses",
  },

  courses: {
    title: "Courses",
    intro: "All courses of the school, the newest first.",
    list: "Courses",
    course: "Course",
    state: "State",
    lessons: "Lessons",
    published: "Published",
    states: { draft: "Draft", published: "Published", archived: "Archived" },
    archive: "Archive",
    restore: "Publish again",
    archiveOf: (title: string) => `Archive: ${title}`,
    restoreOf: (title: string) => `Publish again: ${title}`,
    archiveTitle: (title: string) => `Archive “${title}”?`,
    archiveText: "Its students keep what is in it, nobody new comes in, and it leaves the catalogue. It can be published again.",
    archived: (title: string) => `“${title}” is archived.`,
    restored: (title: string) => `“${title}” is published again.`,
    none: "There is no course yet",
    noneText: "Tutors make them in their app.",
    notYet: "not yet",
  },
};
