export { NotFoundPage as default } from "@lectern/ui";
