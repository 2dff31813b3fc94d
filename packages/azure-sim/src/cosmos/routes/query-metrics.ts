const metricNames = [
  'totalExecutionTimeInMs',
  'queryCompileTimeInMs',
  'queryLogicalPlanBuildTimeInMs',
  'queryPhysicalPlanBuildTimeInMs',
  'queryOptimizationTimeInMs',
  'VMExecutionTimeInMs',
  'indexLookupTimeInMs',
  'documentLoadTimeInMs',
  'systemFunctionExecuteTimeInMs',
  'userFunctionExecuteTimeInMs',
]

/** The form in which the SDK reads query metrics; the simulator measures no times. */
export const metrics = (retrieved: number, output: number): string =>
  [
    ...metricNames.map(name => `${name}=0.00`),
    `retrievedDocumentCount=${retrieved}`,
    'retrievedDocumentSize=0',
    `outputDocumentCount=${output}`,
    'outputDocumentSize=0',
    'writeOutputTimeInMs=0.00',
    'indexUtilizationRatio=1.00',
  ].join(';')
