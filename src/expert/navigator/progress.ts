/** How a step of an instruction went, by what the drive shows. */
export type Progress =
  /** Fulfilled at this sample. */
  | { readonly state: "DONE"; readonly at: number; readonly why: string }
  /** There was room and time to do it, or something else was done. */
  | { readonly state: "FAILED"; readonly why: string }
  /** Traffic, a light or the end of the drive kept it from being seen. */
  | { readonly state: "UNTESTED"; readonly why: string };

export const done = (at: number, why: string): Progress => ({ state: "DONE", at, why });
export const failed = (why: string): Progress => ({ state: "FAILED", why });
export const untested = (why: string): Progress => ({ state: "UNTESTED", why });
