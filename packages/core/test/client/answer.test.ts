import { classifyAnswer, isWrite } from '@keyturn/core'
import t from 'tap'

const kindOf = (status: number, text = '', substatus: number | null = null) =>
  classifyAnswer({ status, substatus, text }).kind

t.test('each of the service’s recorded 401s has its own meaning', async t => {
  const cases: [string, string, number | null][] = [
    ['wrong-key', "The input authorization token can't serve the request. The wrong key is…", null],
    ['wrong-key', "The input authorization token can't serve the request. Please check that…", 0],
    ['wrong-key', 'The MAC signature found in the HTTP request is not the same as the comp…', null],
    ['wrong-key', 'A wording that nobody has seen yet', null],
    ['local-auth-disabled', 'Local Authorization is disabled. Use an AAD token to author…', 5202],
    ['local-auth-disabled', 'Local Authorization is disabled. Use an AAD token to authori…', 0],
    ['bad-header', 'Required Header authorization is missing. Ensure a valid Authorizati…', null],
    ['bad-header', "Authorization header doesn't confirm to the required format. Please…", null],
    ['other', 'AAD token expired', 5006],
  ]
  for (const [kind, text, substatus] of cases) t.equal(kindOf(401, text, substatus), kind, text)
})

t.test('a clock skew brings the server’s time along', async t => {
  const text =
    'The authorization token is not valid at the current time. Please create another token and ' +
    'retry (token start time: Tue, 02 Oct 2018 12:00:46 GMT, token expiry time: Tue, 02 Oct 2018 ' +
    '12:15:46 GMT, current server time: Tue, 02 Oct 2018 11:54:00 GMT).\r\nActivityId: 0'
  t.same(classifyAnswer({ status: 403, substatus: 0, text }), {
    kind: 'clock-skew',
    serverTime: 'Tue, 02 Oct 2018 11:54:00 GMT',
  })
  const silent = classifyAnswer({
    status: 403,
    substatus: 0,
    text: 'not valid at the current time',
  })
  t.same(silent, { kind: 'clock-skew', serverTime: null })
})

t.test('other refusals are not about keys', async t => {
  t.equal(kindOf(403, 'Request is blocked. Please check your firewall settings', 0), 'other')
  t.equal(kindOf(403, '', 5300), 'other')
})

t.test('only answers that follow authentication prove a key', async t => {
  for (const status of [200, 201, 204, 207, 304, 404, 409, 412, 424, 449]) {
    t.equal(kindOf(status), 'accepted', String(status))
  }
  for (const status of [400, 408, 410, 413, 429, 500, 503]) {
    t.equal(kindOf(status), 'other', String(status))
  }
})

t.test('queries are posted and write nothing', async t => {
  t.notOk(isWrite('get', false))
  t.notOk(isWrite('HEAD', false))
  t.notOk(isWrite('POST', true))
  for (const verb of ['POST', 'put', 'PATCH', 'delete']) t.ok(isWrite(verb, false), verb)
})
