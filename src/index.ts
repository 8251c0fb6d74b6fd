/**
 * Waywarden as a library: sources, the rooms one by one, the pipeline, replay, and the seal.
 * Names that are not here are not part of the interface.
 */

export type { PerceptionResult } from "./bev/perception.ts";
export { Perception } from "./bev/perception.ts";
export type * from "./contract/bev.ts";
export { BEV_CHANNELS, BEV_SPEC } from "./contract/bev.ts";
export type * from "./contract/decision.ts";
export { MODES, RULES, VERDICTS } from "./contract/decision.ts";
export {
  ConfigError,
  ModelError,
  SourceError,
  WaywardenError,
  WireError,
} from "./contract/errors.ts";
export type * from "./contract/fault.ts";
export { FAULT_CODES, FAULTS } from "./contract/fault.ts";
export type * from "./contract/maneuver.ts";
export { ANSWERS, CAR, LATERALS, LONGITUDINALS, RATIONALES } from "./contract/maneuver.ts";
export type * from "./contract/observation.ts";
export type * from "./contract/obstacle.ts";
export type * from "./contract/override.ts";
export type * from "./contract/se3.ts";
export type { LoadedModel, LoadModelOptions } from "./inference/model.ts";
export { loadModel } from "./inference/model.ts";
export type { ObservationSource, SourceInfo, SourceOptions } from "./ingest/source.ts";
export { openSource } from "./ingest/source.ts";
export type { ObstacleDetectorOptions } from "./obstacles/detector.ts";
export { ObstacleDetector } from "./obstacles/detector.ts";
export type { ObservationPicture } from "./picture/observation-picture.ts";
export { renderObservationPicture } from "./picture/observation-picture.ts";
export type { PlanInput, PlannerOptions, PlanResult } from "./planner/planner.ts";
export { OnnxPlanner } from "./planner/planner.ts";
export type { SafetyInput, SafetyStream, SupervisorOptions } from "./safety/input.ts";
export { Supervisor } from "./safety/supervisor.ts";
export { wallNowUs } from "./service/clock.ts";
export type { EffectiveConfig, ServiceConfig } from "./service/config.ts";
export { loadConfig } from "./service/config.ts";
export { openRooms } from "./service/open-rooms.ts";
export type { PipelineSettings, Rooms, Tick } from "./service/pipeline.ts";
export { Pipeline } from "./service/pipeline.ts";
export type { ReplayRun } from "./service/run-replay.ts";
export { runReplay } from "./service/run-replay.ts";
export type { ReplaySummary, Spread } from "./service/summary.ts";
export type { ActionBinOptions, ActionStatistics } from "./tokens/action-bins.ts";
export { decodeAction, encodeAction } from "./tokens/action-bins.ts";
export type {
  Counterpart,
  ForeignVocabulary,
  Meaning,
  NoCounterpart,
} from "./tokens/counterpart.ts";
export { counterpartOf, meaningOf } from "./tokens/counterpart.ts";
export {
  CARLA,
  CARLA_ROAD_OPTIONS,
  HIGHWAY_ENV,
  HIGHWAY_ENV_ACTIONS,
  NAVSIM,
  NAVSIM_COMMANDS,
  OPENPILOT,
  OPENPILOT_DESIRES,
} from "./tokens/foreign-vocabularies.ts";
export { DRIVE_VLM, SENNA } from "./tokens/spoken-vocabularies.ts";
export type { BrokerAccess } from "./wire/broker-access.ts";
export { decisionBytesForCompare, decodeDecision, encodeDecision } from "./wire/decision-codec.ts";
export type {
  ConsumerCounts,
  ConsumerEvent,
  DecisionConsumerOptions,
} from "./wire/decision-consumer.ts";
export { DecisionConsumer, SILENCE_MS } from "./wire/decision-consumer.ts";
export type { DecisionFeedOptions, FeedEvent } from "./wire/decision-feed.ts";
export { openDecisionFeed } from "./wire/decision-feed.ts";
export type { OverrideConfirmation, SendOverrideOptions } from "./wire/override-client.ts";
export { sendOverride } from "./wire/override-client.ts";
export type {
  Opened,
  OpenOptions,
  SealerOptions,
  SealReason,
  SealState,
  SealStatus,
} from "./wire/seal.ts";
export { openSeal, Sealer } from "./wire/seal.ts";
export type { TopicKind } from "./wire/topics.ts";
export { TOPIC_KINDS, topicOf } from "./wire/topics.ts";
