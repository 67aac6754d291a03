/** How a recording is looked at. */
export type Layout = "beside" | "corner" | "screen" | "camera";

/** All of them. */
export const LAYOUTS: readonly Layout[] = ["beside", "corner", "screen", "camera"];

/** Which pictures are seen. */
export interface Shown {
  readonly camera: boolean;
  readonly screen: boolean;
}

/** The pictures of a layout, out of what there is: a picture that is missing is not waited for, the other one takes its place. */
export function shownIn(layout: Layout, there: Shown): Shown {
  switch (layout) {
    case "beside":
    case "corner":
      return there;
    case "screen":
      return there.screen ? { camera: false, screen: true } : there;
    case "camera":
      return there.camera ? { camera: true, screen: false } : there;
  }
}
