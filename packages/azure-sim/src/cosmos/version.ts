/** What the service calls itself in answers; the values of the recorded 401 of 2022. */
export const version = {
  sdk: 'Microsoft.Azure.Documents.Common/2.14.0',
  gateway: 'version=2.14.0',
  server: 'Microsoft-HTTPAPI/2.0',
} as const
