import { redirect } from "next/navigation";

/** The administration begins with its courses. */
export default function Page(): never {
  redirect("/courses");
}
