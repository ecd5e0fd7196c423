import type { Failure } from '../failures/failure.ts';

/** What follows from an error of a broker. */
interface ProtocolError extends Failure {
  /** As Kafka spells it, which kafkajs does not always. */
  readonly name: string;
}

/** What to do where the broker refuses the login. */
export const wrongLogin = "check how the broker's listener authenticates: the pipeline connects without SASL";

/** What to do where the broker does not know a request. */
export const unsupportedBroker = 'the broker is older than this release needs: Kafka 2.4 or later';

const remedies = {
  rights:
    "give the pipeline's user the right that is missing (kafka-acls.sh): read and describe its topics, write the dead-letter topic, read its consumer group",
  login: wrongLogin,
  topicName:
    "choose another name: a topic's has letters, digits, '.', '_' and '-', at most 249, and none that differs from another topic's only in '.' and '_'",
  group:
    'KAFKA_CONSUMER_GROUP is used by another consumer, or is no name for a group: give the pipeline one of its own',
  topicSettings: "compare the topic's and the broker's settings with what the message names",
  size: 'raise max.message.bytes of the topic that the message names',
  broker: `${unsupportedBroker} (2.1 for zstd)`,
} as const;

/**
 * Every error code of Kafka's protocol (https://kafka.apache.org/protocol#protocol_error_codes, 4.1) and what follows from it.
 * Temporary is what Kafka's own client tries again, and what passes by itself: a broker that starts, moves, is throttled or
 * fails within. A setting or a right that is missing is for people. What is left can only come from a wrong request.
 */
export const protocolErrors: ReadonlyMap<number, ProtocolError> = new Map<number, ProtocolError>([
  [-1, { name: 'UNKNOWN_SERVER_ERROR', kind: 'temporary' }],
  [1, { name: 'OFFSET_OUT_OF_RANGE', kind: 'integrity' }],
  [2, { name: 'CORRUPT_MESSAGE', kind: 'temporary' }],
  [3, { name: 'UNKNOWN_TOPIC_OR_PARTITION', kind: 'temporary' }],
  [4, { name: 'INVALID_FETCH_SIZE', kind: 'bug' }],
  [5, { name: 'LEADER_NOT_AVAILABLE', kind: 'temporary' }],
  [6, { name: 'NOT_LEADER_OR_FOLLOWER', kind: 'temporary' }],
  [7, { name: 'REQUEST_TIMED_OUT', kind: 'temporary' }],
  [8, { name: 'BROKER_NOT_AVAILABLE', kind: 'temporary' }],
  [9, { name: 'REPLICA_NOT_AVAILABLE', kind: 'temporary' }],
  [10, { name: 'MESSAGE_TOO_LARGE', kind: 'usage', remedy: remedies.size }],
  [11, { name: 'STALE_CONTROLLER_EPOCH', kind: 'temporary' }],
  [12, { name: 'OFFSET_METADATA_TOO_LARGE', kind: 'bug' }],
  [13, { name: 'NETWORK_EXCEPTION', kind: 'temporary' }],
  [14, { name: 'COORDINATOR_LOAD_IN_PROGRESS', kind: 'temporary' }],
  [15, { name: 'COORDINATOR_NOT_AVAILABLE', kind: 'temporary' }],
  [16, { name: 'NOT_COORDINATOR', kind: 'temporary' }],
  [17, { name: 'INVALID_TOPIC_EXCEPTION', kind: 'usage', remedy: remedies.topicName }],
  [18, { name: 'RECORD_LIST_TOO_LARGE', kind: 'usage', remedy: remedies.size }],
  [19, { name: 'NOT_ENOUGH_REPLICAS', kind: 'temporary' }],
  [20, { name: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', kind: 'temporary' }],
  [21, { name: 'INVALID_REQUIRED_ACKS', kind: 'bug' }],
  [22, { name: 'ILLEGAL_GENERATION', kind: 'usage', remedy: remedies.group }],
  [23, { name: 'INCONSISTENT_GROUP_PROTOCOL', kind: 'usage', remedy: remedies.group }],
  [24, { name: 'INVALID_GROUP_ID', kind: 'usage', remedy: remedies.group }],
  [25, { name: 'UNKNOWN_MEMBER_ID', kind: 'usage', remedy: remedies.group }],
  [26, { name: 'INVALID_SESSION_TIMEOUT', kind: 'bug' }],
  [27, { name: 'REBALANCE_IN_PROGRESS', kind: 'temporary' }],
  [28, { name: 'INVALID_COMMIT_OFFSET_SIZE', kind: 'bug' }],
  [29, { name: 'TOPIC_AUTHORIZATION_FAILED', kind: 'usage', remedy: remedies.rights }],
  [30, { name: 'GROUP_AUTHORIZATION_FAILED', kind: 'usage', remedy: remedies.rights }],
  [31, { name: 'CLUSTER_AUTHORIZATION_FAILED', kind: 'usage', remedy: remedies.rights }],
  [32, { name: 'INVALID_TIMESTAMP', kind: 'usage', remedy: remedies.topicSettings }],
  [33, { name: 'UNSUPPORTED_SASL_MECHANISM', kind: 'usage', remedy: remedies.login }],
  [34, { name: 'ILLEGAL_SASL_STATE', kind: 'usage', remedy: remedies.login }],
  [35, { name: 'UNSUPPORTED_VERSION', kind: 'usage', remedy: remedies.broker }],
  [36, { name: 'TOPIC_ALREADY_EXISTS', kind: 'temporary' }],
  [37, { name: 'INVALID_PARTITIONS', kind: 'usage', remedy: remedies.topicSettings }],
  [38, { name: 'INVALID_REPLICATION_FACTOR', kind: 'usage', remedy: remedies.topicSettings }],
  [39, { name: 'INVALID_REPLICA_ASSIGNMENT', kind: 'usage', remedy: remedies.topicSettings }],
  [40, { name: 'INVALID_CONFIG', kind: 'usage', remedy: remedies.topicSettings }],
  [41, { name: 'NOT_CONTROLLER', kind: 'temporary' }],
  [42, { name: 'INVALID_REQUEST', kind: 'bug' }],
  [43, { name: 'UNSUPPORTED_FOR_MESSAGE_FORMAT', kind: 'usage', remedy: remedies.broker }],
  [44, { name: 'POLICY_VIOLATION', kind: 'usage', remedy: remedies.topicSettings }],
  [45, { name: 'OUT_OF_ORDER_SEQUENCE_NUMBER', kind: 'bug' }],
  [46, { name: 'DUPLICATE_SEQUENCE_NUMBER', kind: 'bug' }],
  [47, { name: 'INVALID_PRODUCER_EPOCH', kind: 'bug' }],
  [48, { name: 'INVALID_TXN_STATE', kind: 'bug' }],
  [49, { name: 'INVALID_PRODUCER_ID_MAPPING', kind: 'bug' }],
  [50, { name: 'INVALID_TRANSACTION_TIMEOUT', kind: 'bug' }],
  [51, { name: 'CONCURRENT_TRANSACTIONS', kind: 'temporary' }],
  [52, { name: 'TRANSACTION_COORDINATOR_FENCED', kind: 'temporary' }],
  [53, { name: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', kind: 'usage', remedy: remedies.rights }],
  [54, { name: 'SECURITY_DISABLED', kind: 'usage', remedy: remedies.rights }],
  [55, { name: 'OPERATION_NOT_ATTEMPTED', kind: 'temporary' }],
  [56, { name: 'KAFKA_STORAGE_ERROR', kind: 'temporary' }],
  [57, { name: 'LOG_DIR_NOT_FOUND', kind: 'bug' }],
  [58, { name: 'SASL_AUTHENTICATION_FAILED', kind: 'usage', remedy: remedies.login }],
  [59, { name: 'UNKNOWN_PRODUCER_ID', kind: 'bug' }],
  [60, { name: 'REASSIGNMENT_IN_PROGRESS', kind: 'temporary' }],
  [61, { name: 'DELEGATION_TOKEN_AUTH_DISABLED', kind: 'usage', remedy: remedies.login }],
  [62, { name: 'DELEGATION_TOKEN_NOT_FOUND', kind: 'usage', remedy: remedies.login }],
  [63, { name: 'DELEGATION_TOKEN_OWNER_MISMATCH', kind: 'usage', remedy: remedies.login }],
  [64, { name: 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED', kind: 'usage', remedy: remedies.login }],
  [65, { name: 'DELEGATION_TOKEN_AUTHORIZATION_FAILED', kind: 'usage', remedy: remedies.rights }],
  [66, { name: 'DELEGATION_TOKEN_EXPIRED', kind: 'usage', remedy: remedies.login }],
  [67, { name: 'INVALID_PRINCIPAL_TYPE', kind: 'usage', remedy: remedies.login }],
  [68, { name: 'NON_EMPTY_GROUP', kind: 'usage', remedy: remedies.group }],
  [69, { name: 'GROUP_ID_NOT_FOUND', kind: 'usage', remedy: remedies.group }],
  [70, { name: 'FETCH_SESSION_ID_NOT_FOUND', kind: 'temporary' }],
  [71, { name: 'INVALID_FETCH_SESSION_EPOCH', kind: 'temporary' }],
  [72, { name: 'LISTENER_NOT_FOUND', kind: 'temporary' }],
  [73, { name: 'TOPIC_DELETION_DISABLED', kind: 'usage', remedy: remedies.topicSettings }],
  [74, { name: 'FENCED_LEADER_EPOCH', kind: 'temporary' }],
  [75, { name: 'UNKNOWN_LEADER_EPOCH', kind: 'temporary' }],
  [76, { name: 'UNSUPPORTED_COMPRESSION_TYPE', kind: 'usage', remedy: remedies.broker }],
  [77, { name: 'STALE_BROKER_EPOCH', kind: 'temporary' }],
  [78, { name: 'OFFSET_NOT_AVAILABLE', kind: 'temporary' }],
  [79, { name: 'MEMBER_ID_REQUIRED', kind: 'bug' }],
  [80, { name: 'PREFERRED_LEADER_NOT_AVAILABLE', kind: 'temporary' }],
  [81, { name: 'GROUP_MAX_SIZE_REACHED', kind: 'usage', remedy: remedies.group }],
  [82, { name: 'FENCED_INSTANCE_ID', kind: 'usage', remedy: remedies.group }],
  [83, { name: 'ELIGIBLE_LEADERS_NOT_AVAILABLE', kind: 'temporary' }],
  [84, { name: 'ELECTION_NOT_NEEDED', kind: 'temporary' }],
  [85, { name: 'NO_REASSIGNMENT_IN_PROGRESS', kind: 'temporary' }],
  [86, { name: 'GROUP_SUBSCRIBED_TO_TOPIC', kind: 'usage', remedy: remedies.group }],
  [87, { name: 'INVALID_RECORD', kind: 'usage', remedy: remedies.topicSettings }],
  [88, { name: 'UNSTABLE_OFFSET_COMMIT', kind: 'temporary' }],
  [89, { name: 'THROTTLING_QUOTA_EXCEEDED', kind: 'temporary' }],
  [90, { name: 'PRODUCER_FENCED', kind: 'temporary' }],
  [91, { name: 'RESOURCE_NOT_FOUND', kind: 'bug' }],
  [92, { name: 'DUPLICATE_RESOURCE', kind: 'bug' }],
  [93, { name: 'UNACCEPTABLE_CREDENTIAL', kind: 'usage', remedy: remedies.login }],
  [94, { name: 'INCONSISTENT_VOTER_SET', kind: 'bug' }],
  [95, { name: 'INVALID_UPDATE_VERSION', kind: 'bug' }],
  [96, { name: 'FEATURE_UPDATE_FAILED', kind: 'temporary' }],
  [97, { name: 'PRINCIPAL_DESERIALIZATION_FAILURE', kind: 'temporary' }],
  [98, { name: 'SNAPSHOT_NOT_FOUND', kind: 'bug' }],
  [99, { name: 'POSITION_OUT_OF_RANGE', kind: 'bug' }],
  [100, { name: 'UNKNOWN_TOPIC_ID', kind: 'temporary' }],
  [101, { name: 'DUPLICATE_BROKER_REGISTRATION', kind: 'bug' }],
  [102, { name: 'BROKER_ID_NOT_REGISTERED', kind: 'bug' }],
  [103, { name: 'INCONSISTENT_TOPIC_ID', kind: 'temporary' }],
  [104, { name: 'INCONSISTENT_CLUSTER_ID', kind: 'bug' }],
  [105, { name: 'TRANSACTIONAL_ID_NOT_FOUND', kind: 'bug' }],
  [106, { name: 'FETCH_SESSION_TOPIC_ID_ERROR', kind: 'temporary' }],
  [107, { name: 'INELIGIBLE_REPLICA', kind: 'bug' }],
  [108, { name: 'NEW_LEADER_ELECTED', kind: 'temporary' }],
  [109, { name: 'OFFSET_MOVED_TO_TIERED_STORAGE', kind: 'bug' }],
  [110, { name: 'FENCED_MEMBER_EPOCH', kind: 'usage', remedy: remedies.group }],
  [111, { name: 'UNRELEASED_INSTANCE_ID', kind: 'usage', remedy: remedies.group }],
  [112, { name: 'UNSUPPORTED_ASSIGNOR', kind: 'bug' }],
  [113, { name: 'STALE_MEMBER_EPOCH', kind: 'usage', remedy: remedies.group }],
  [114, { name: 'MISMATCHED_ENDPOINT_TYPE', kind: 'bug' }],
  [115, { name: 'UNSUPPORTED_ENDPOINT_TYPE', kind: 'temporary' }],
  [116, { name: 'UNKNOWN_CONTROLLER_ID', kind: 'temporary' }],
  [117, { name: 'UNKNOWN_SUBSCRIPTION_ID', kind: 'bug' }],
  [118, { name: 'TELEMETRY_TOO_LARGE', kind: 'bug' }],
  [119, { name: 'INVALID_REGISTRATION', kind: 'bug' }],
  [120, { name: 'TRANSACTION_ABORTABLE', kind: 'bug' }],
  [121, { name: 'INVALID_RECORD_STATE', kind: 'bug' }],
  [122, { name: 'SHARE_SESSION_NOT_FOUND', kind: 'temporary' }],
  [123, { name: 'INVALID_SHARE_SESSION_EPOCH', kind: 'temporary' }],
  [124, { name: 'FENCED_STATE_EPOCH', kind: 'bug' }],
  [125, { name: 'INVALID_VOTER_KEY', kind: 'bug' }],
  [126, { name: 'DUPLICATE_VOTER', kind: 'bug' }],
  [127, { name: 'VOTER_NOT_FOUND', kind: 'bug' }],
  [128, { name: 'INVALID_REGULAR_EXPRESSION', kind: 'bug' }],
  [129, { name: 'REBOOTSTRAP_REQUIRED', kind: 'temporary' }],
  [130, { name: 'STREAMS_INVALID_TOPOLOGY', kind: 'bug' }],
  [131, { name: 'STREAMS_INVALID_TOPOLOGY_EPOCH', kind: 'bug' }],
  [132, { name: 'STREAMS_TOPOLOGY_FENCED', kind: 'bug' }],
  [133, { name: 'SHARE_SESSION_LIMIT_REACHED', kind: 'temporary' }],
]);

/** What follows from an error that kafkajs makes of a broker's code; undefined for any other error. */
export function protocolErrorOf(error: unknown): ProtocolError | undefined {
  if (!(error instanceof Error) || !('type' in error) || !('code' in error) || typeof error.code !== 'number') {
    return undefined;
  }
  // A code that is newer than this table is to Kafka's own client a failure within the broker, too.
  return protocolErrors.get(error.code) ?? protocolErrors.get(unknownServerError);
}

const unknownServerError = -1;
