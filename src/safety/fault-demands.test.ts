import { describe, expect, test } from "vitest";
import { FAULT_CODES, FAULTS, type Fault, type FaultCode } from "../contract/fault.ts";
import { FAULT_RULES, faultDemand, faultsOf } from "./fault-demands.ts";

const aFault = (code: FaultCode, more: Partial<Fault> = {}): Fault => ({
  code,
  detail: "expected x, found y",
  stampUs: 0,
  ...more,
});

describe("faults as demands", () => {
  test.each(FAULT_CODES)("%s asks for what its table says", (code) => {
    const [reaction] = FAULTS[code];
    const d = faultDemand(aFault(code));
    if (reaction === "NONE") expect(d).toBeUndefined();
    else
      expect(d).toMatchObject({
        hit: { rule: FAULT_RULES[code].rule, mode: reaction },
        mrm: reaction === "EMERGENCY_STOP",
      });
  });

  test("every code that grows with its absence asks for something on the first tick", () => {
    for (const code of FAULT_CODES)
      if (FAULT_RULES[code].group !== undefined) expect(FAULTS[code][0]).not.toBe("NONE");
  });

  test("the text names code, source and detail", () => {
    expect(faultDemand(aFault("LIDAR_STALE", { source: "top" }))!.hit.detail).toBe(
      "LIDAR_STALE (top): expected x, found y",
    );
  });

  test("a code that nobody knows stops the vehicle: default deny", () => {
    for (const code of ["NEW_TROUBLE", "constructor", "toString"])
      expect(faultDemand(aFault(code as FaultCode))).toMatchObject({
        hit: { rule: "S00", mode: "COMFORT_STOP" },
        mrm: false,
      });
  });

  test("faults are found by the input that they are about", () => {
    const faults = [
      aFault("EGO_STALE"),
      aFault("LIDAR_MISSING"),
      aFault("INTERNAL"),
      aFault("UNHEARD_OF" as FaultCode),
    ];
    expect(faultsOf(faults, "ego")).toEqual([faults[0]]);
    expect(faultsOf(faults, "sight")).toEqual([faults[1]]);
    expect(faultsOf(faults, "cameras")).toEqual([]);
  });
});
