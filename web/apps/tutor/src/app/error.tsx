"use client";

export { FailurePage as default } from "@lectern/ui";
