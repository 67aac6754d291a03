import { asLecternError } from "@lectern/client";
import { explain, toast } from "@lectern/ui";

/**
 * Does what a button asks for. What goes wrong is said at the edge of the page, for there is no field to say it at.
 * @returns whether it was done.
 */
export async function act(what: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await what();
    if (done !== undefined) toast(done);
    return true;
  } catch (thrown) {
    const error = asLecternError(thrown);
    const [field] = error.fields;
    toast(field === undefined ? explain(error) : `${explain(error)} ${field.message}`, "bad");
    return false;
  }
}
