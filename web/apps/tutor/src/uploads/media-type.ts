/** Where systems and browsers disagree, or know nothing, the end of the name decides. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  csv: "text/csv",
  epub: "application/epub+zip",
  m4a: "audio/mp4",
  m4v: "video/mp4",
  md: "text/markdown",
  mov: "video/quicktime",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  zip: "application/zip",
};

/** The media type of a file as the school knows it, without parameters. */
export function mediaType({ name, type }: { readonly name: string; readonly type: string }): string {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const told = type.split(";")[0]?.trim().toLowerCase() ?? "";
  return BY_EXTENSION[extension] ?? (told === "" ? "application/octet-stream" : told);
}
