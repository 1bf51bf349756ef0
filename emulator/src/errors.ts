/**
 * The errors of the Data API that this emulator answers with. A command that fails is still HTTP 200: the error stands
 * in the body, as the real service does it. Only what fails before a command is known has another status.
 */
interface ErrorKind {
  readonly title: string
  readonly scope?: string
  /** SERVER for what is not the caller's fault. */
  readonly family?: 'SERVER'
  /** The HTTP status, where it is not 200. */
  readonly status?: number
}

const kinds = {
  COMMAND_FIELD_UNKNOWN: { title: 'Command field unknown' },
  COMMAND_FIELD_VALUE_INVALID: { title: 'Command field value invalid' },
  COMMAND_UNKNOWN: { title: 'Command is not recognized by Data API' },
  MISSING_AUTHENTICATION_TOKEN: { title: 'Authentication token missing', status: 401 },
  REQUEST_NOT_JSON: { title: 'Request not valid JSON' },
  REQUEST_STRUCTURE_MISMATCH: { title: 'Request structure not valid' },
  UNAUTHENTICATED_REQUEST: { title: 'Authentication failed', status: 401 },
  UNSUPPORTED_CONTENT_TYPE: { title: 'Unsupported Content-Type', status: 415 },
  DOCUMENT_ALREADY_EXISTS: { title: 'Document the given _id already exists', scope: 'DOCUMENT' },
  DOCUMENT_REPLACE_DIFFERENT_DOCID: { title: 'Document the given _id already exists', scope: 'DOCUMENT' },
  SHRED_BAD_DOCID_TYPE: { title: "Bad type for '_id' field", scope: 'DOCUMENT' },
  SHRED_BAD_DOCID_VALUE: { title: "Bad value for '_id' field", scope: 'DOCUMENT' },
  SHRED_BAD_DOCUMENT_TYPE: { title: 'Bad document type to shred', scope: 'DOCUMENT' },
  SHRED_BAD_EJSON_VALUE: { title: 'Bad JSON Extension value to shred', scope: 'DOCUMENT' },
  SHRED_BAD_FIELD_NAME: { title: 'Document field name not valid', scope: 'DOCUMENT' },
  SHRED_BAD_VECTOR_VALUE: { title: "Bad value for '$vector' field", scope: 'DOCUMENT' },
  SHRED_DOC_LIMIT_VIOLATION: { title: 'Document size limitation violated', scope: 'DOCUMENT' },
  FILTER_FIELDS_LIMIT_VIOLATION: { title: 'Filter fields size limitation violated', scope: 'FILTER' },
  FILTER_ID_NOT_INDEXED: {
    title: "Collection field '_id' not indexed can only filter with '$eq' or '$in'",
    scope: 'FILTER',
  },
  FILTER_INVALID_EXPRESSION: { title: 'Unsupported filter clause', scope: 'FILTER' },
  FILTER_MULTIPLE_ID_FILTER: { title: "Can only have one '_id' equals filter clause", scope: 'FILTER' },
  FILTER_PATH_UNINDEXED: { title: 'Collection path used in filter clause not indexed', scope: 'FILTER' },
  FILTER_UNSUPPORTED_DATA_TYPE: { title: 'Unsupported filter data type', scope: 'FILTER' },
  FILTER_UNSUPPORTED_OPERATOR: { title: 'Unsupported filter operator', scope: 'FILTER' },
  UNSUPPORTED_PROJECTION_DEFINITION: { title: 'Unsupported projection definition', scope: 'PROJECTION' },
  UNSUPPORTED_PROJECTION_PARAM: { title: 'Unsupported projection parameter', scope: 'PROJECTION' },
  EXISTING_COLLECTION_DIFFERENT_SETTINGS: {
    title: 'Collection already exists with different settings',
    scope: 'SCHEMA',
  },
  INVALID_CREATE_COLLECTION_OPTIONS: { title: 'Invalid options for createCollection', scope: 'SCHEMA' },
  INVALID_INDEXING_DEFINITION: { title: 'Invalid indexing definition', scope: 'SCHEMA' },
  UNKNOWN_COLLECTION_OR_TABLE: { title: 'Collection or table does not exist', scope: 'SCHEMA' },
  UNKNOWN_KEYSPACE: { title: 'Keyspace does not exist in the Database', scope: 'SCHEMA' },
  UNSUPPORTED_SCHEMA_NAME: { title: 'The used schema name is not supported', scope: 'SCHEMA' },
  OVERLOADED_SORT_ROW_LIMIT: { title: 'Sort aborted due to in-memory sort restriction', scope: 'SORT' },
  SORT_CLAUSE_INVALID: { title: 'Sort clause used by command not valid', scope: 'SORT' },
  SORT_CLAUSE_PATH_INVALID: { title: 'Path used in sort clause not valid', scope: 'SORT' },
  SORT_CLAUSE_PATH_UNINDEXED: { title: 'Collection field used in sort clause not indexed', scope: 'SORT' },
  SORT_CLAUSE_VALUE_INVALID: { title: 'Value used for sort expression not valid', scope: 'SORT' },
  UNSUPPORTED_UPDATE_DATA_TYPE: { title: 'Unsupported update data type', scope: 'UPDATE' },
  UNSUPPORTED_UPDATE_OPERATION: { title: 'Unsupported update operation', scope: 'UPDATE' },
  UNSUPPORTED_UPDATE_OPERATION_MODIFIER: { title: 'Unsupported update operation modifier', scope: 'UPDATE' },
  UNSUPPORTED_UPDATE_OPERATION_PARAM: { title: 'Unsupported update operation parameter', scope: 'UPDATE' },
  UNSUPPORTED_UPDATE_OPERATION_PATH: { title: 'Unsupported update operation path', scope: 'UPDATE' },
  UNSUPPORTED_UPDATE_OPERATION_TARGET: {
    title: 'Unsupported target JSON value for update operation',
    scope: 'UPDATE',
  },
  UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID: { title: 'Update operators cannot be used on _id field', scope: 'UPDATE' },
  INTERNAL_SERVER_ERROR: { title: 'Internal server error', family: 'SERVER', status: 500 },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof kinds

/** Why a command cannot be carried out, in the Data API's words. */
export class DataApiError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DataApiError'
    this.code = code
  }

  get kind(): ErrorKind {
    return kinds[this.code]
  }
}
