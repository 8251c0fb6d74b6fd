import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { ConfigError } from "../contract/errors.ts";

const PackageSchema = z.object({ name: z.literal("waywarden"), version: z.string() });

/** Folder of our package.json; src/cli and dist/src/cli differ in depth. */
export function findPackage(from = dirname(fileURLToPath(import.meta.url))): {
  readonly root: string;
  readonly version: string;
} {
  for (let dir = from; ; dir = dirname(dir)) {
    const path = join(dir, "package.json");
    if (existsSync(path)) {
      const parsed = PackageSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
      if (parsed.success) return { root: dir, version: parsed.data.version };
    }
    if (dirname(dir) === dir)
      throw new ConfigError("PACKAGE_ROOT", `waywarden's package.json expected above ${from}`);
  }
}

export const defaultModelDir = (): string => join(findPackage().root, "models", "waywarden-s");
