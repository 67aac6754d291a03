/** What the admin app says. */
export const admin = {
  title: "Administration",
};
