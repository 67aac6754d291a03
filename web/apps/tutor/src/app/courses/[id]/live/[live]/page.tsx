import type { ReactNode } from "react";
import { Attendance } from "../../../../../live/attendance";

export default async function Page({ params }: { params: Promise<{ live: string }> }): Promise<ReactNode> {
  return <Attendance id={(await params).live} />;
}
