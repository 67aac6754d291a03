import { requireViewer } from "@lectern/ui/server";
import { redirect } from "next/navigation";

const HOMES = { student: "/me", tutor: "/tutor", admin: "/admin" };

/** Where people go who have logged in and were on their way to nowhere: to what they are here for. */
export default async function HomePage(): Promise<never> {
  redirect(HOMES[(await requireViewer("/home")).role]);
}
