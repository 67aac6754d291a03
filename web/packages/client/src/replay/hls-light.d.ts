/** The library's small build has the same names, less what a single playlist does not need; it comes without types of its own. */
declare module "hls.js/light" {
  export { default, Events, ErrorTypes } from "hls.js";
}
