/**
 * Errors are thrown and mean "cannot start" or "bug". Expected trouble is a Fault (fault.ts).
 * Messages say what was expected, what was found, and where.
 */
export class WaywardenError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}
/** Configuration or command line cannot be used. */
export class ConfigError extends WaywardenError {}
/** A model folder, card or graph cannot be used. */
export class ModelError extends WaywardenError {}
/** A log or other source cannot be read. */
export class SourceError extends WaywardenError {}
/** Broker, codec or seal cannot be used. */
export class WireError extends WaywardenError {}
/** A recording or report cannot be written, or a recording cannot be read. */
export class RecordError extends WaywardenError {}
/** A road network, a scenario or a world file cannot be used. */
export class ScenarioError extends WaywardenError {}
