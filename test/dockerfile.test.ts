import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const linesOf = (name: string) => readFileSync(join(ROOT, name), "utf8").split("\n");

/** What the image is built from: sources of COPY that come from this folder. */
const copied = linesOf("Dockerfile")
  .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
  .flatMap((line) => line.split(/\s+/).slice(1, -1));

test("everything that the image copies is there, and .dockerignore lets it through", () => {
  const allowed = linesOf(".dockerignore").flatMap((line) => line.match(/^!(.+)$/)?.[1] ?? []);
  expect(copied.length).toBeGreaterThan(5);
  for (const path of copied) {
    expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(allowed, path).toContain(path.split("/")[0]);
  }
});

test("everything that is published as a package is in the image", () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const image = readFileSync(join(ROOT, "Dockerfile"), "utf8");
  for (const path of files as string[]) expect(image, path).toContain(path);
});
