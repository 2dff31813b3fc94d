// .NET with Microsoft's own client: AzureKeyCredential takes a new key while the client lives.

using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Azure;
using Microsoft.Azure.Cosmos;

var keysFile = Environment.GetEnvironmentVariable("KEYS_FILE") ?? "/run/keyturn/keys.json";
var socketPath = Environment.GetEnvironmentVariable("KEYTURN_SOCKET") ?? "/run/keyturn/keyturn.sock";

using var ended = new CancellationTokenSource();
using var sigterm = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGTERM,
    context =>
    {
        context.Cancel = true;
        ended.Cancel();
    });

using var sidecar = new HttpClient(new SocketsHttpHandler
{
    ConnectCallback = async (_, cancellation) =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    },
})
{ BaseAddress = new Uri("http://localhost") };

var keys = await ReadAsync();
var credential = new AzureKeyCredential(keys.Key);
using var client = new CosmosClient(keys.Endpoint, credential);
var books = client.GetContainer("shop", "books");
var acknowledged = 0L;

// One request at a time: where the file is read anew, none signed with the former key is on its way.
// A service with many at once counts them, and acknowledges when those begun before have ended.
while (!ended.IsCancellationRequested)
{
    var found = await ReadAsync();
    if (found.Version != keys.Version)
    {
        keys = found;
        credential.Update(keys.Key);
    }
    if (acknowledged != keys.Version && await AcknowledgeAsync(keys.Version))
    {
        acknowledged = keys.Version;
    }
    await books.ReadItemAsync<JsonElement>("book-1", new PartitionKey("catalogue"));
    await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
}

async Task<Keys> ReadAsync() =>
    JsonSerializer.Deserialize<Keys>(await File.ReadAllTextAsync(keysFile), JsonSerializerOptions.Web)
    ?? throw new InvalidDataException($"{keysFile} holds no keys.");

async Task<bool> AcknowledgeAsync(long version)
{
    var answer = await sidecar.PostAsJsonAsync("/v1/clients/rendered.dotnet/ack", new { version });
    return answer.IsSuccessStatusCode;
}

internal sealed record Keys(string Endpoint, string Key, long Version);
