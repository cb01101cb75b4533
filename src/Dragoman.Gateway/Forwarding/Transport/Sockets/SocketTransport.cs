using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Transport.Sockets;

/// <summary>
/// Asks vendors over WebSockets, and answers as HTTP would have: whoever reads the response sees a status, headers and a stream of events. Where a vendor does not take the upgrade the request goes over
/// HTTP, and so do those of the account for some minutes. What the vendor says of the account itself (a refused credential, a limit) is its answer.
/// </summary>
internal sealed class SocketTransport(UpstreamTransport http, TimeProvider time) : IDisposable
{
    private const int MostConnections = 3;
    private const int MostRefusals = 1024;

    /// <summary>The Codex programs wait as long.</summary>
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    private readonly SocketPool _pool = new(time);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _refusals = new(StringComparer.Ordinal);

    /// <summary>Asks for an answer of an account whose owner wants it (<see cref="ISocketBinding.IsWanted"/>).</summary>
    /// <param name="binding">What the vendor needs.</param>
    /// <param name="call">The call.</param>
    /// <param name="request">The request, as HTTP would carry it.</param>
    /// <param name="limits">How large what comes may be.</param>
    /// <param name="onHeaders">Called when a message behind the response's own headers has changed them.</param>
    /// <param name="cancellationToken">Ends the wait, and the answer.</param>
    /// <returns>The response; null where the request has to go over HTTP.</returns>
    public async Task<HttpResponseMessage?> TrySendAsync(
        ISocketBinding binding, UpstreamCall call, HttpRequestMessage request, SocketLimits limits, Action<HttpResponseHeaders> onHeaders, CancellationToken cancellationToken)
    {
        if (IsRefused(call.Account)) return null;
        using var message = new PooledBuffer(call.Body.Length + 256, limits.Memory);
        if (!binding.TryWriteRequest(call, http.TraceContext, message)) return null;
        using var handshake = SocketHandshake.Create(request, call, binding);
        for (var asked = 1; ; asked++)
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK);
            SocketAnswer? answer = null;
            try
            {
                var connection = asked < MostConnections ? _pool.Take(handshake.Key, handshake.Routing) : null;
                var isUsed = connection is not null;
                if (connection is null)
                {
                    (connection, var refusal) = await ConnectAsync(binding, handshake, call, response, cancellationToken);
                    if (connection is null)
                    {
                        response.Dispose();
                        return refusal;
                    }
                }

                answer = new SocketAnswer(connection, binding, response, limits, onHeaders, _pool.Put);
                SocketMessage first;
                try
                {
                    await connection.SendAsync(message.WrittenMemory, cancellationToken);
                    first = await answer.BeginAsync(cancellationToken);
                }
                catch (IOException) when (!answer.HasCome && !cancellationToken.IsCancellationRequested)
                {
                    // Nothing was said, so nothing is lost: an idle connection may have ended meanwhile, and one that ends at once is none.
                    Drop();
                    if (isUsed) continue;
                    if (connection.CloseStatus != WebSocketCloseStatus.MessageTooBig) Remember(call.Account, AfterFault);
                    return null;
                }

                if (first.Kind == SocketMessageKind.Expired && asked < MostConnections)
                {
                    Drop();
                    continue;
                }

                if (first.Kind is SocketMessageKind.Error or SocketMessageKind.Expired && first.Status is { } status) Refuse(response, first, status, answer);
                else response.Content = EventsOf(answer);
                return response;
            }
            catch
            {
                Drop();
                throw;
            }

            void Drop()
            {
                answer?.Dispose();
                response.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    /// <summary>Opens a connection, and puts what the vendor says at that to the headers of the response.</summary>
    /// <returns>The connection; or none, and the vendor's answer where it is about the account.</returns>
    private async Task<(SocketConnection? Opened, HttpResponseMessage? Refusal)> ConnectAsync(
        ISocketBinding binding, SocketHandshake handshake, UpstreamCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(HandshakeLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await handshake.SendAsync(http, call, limit.Token);
            if (await handshake.OpenAsync(answer, limit.Token) is { } socket)
            {
                var routing = handshake.Routing;
                foreach (var (name, values) in answer.Headers.NonValidated)
                {
                    if (name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase) || name is "Connection" or "Upgrade") continue;
                    response.Headers.TryAddWithoutValidation(name, values);
                    if (name.Equals(binding.RoutingHeader, StringComparison.OrdinalIgnoreCase)) routing = values.ToString();
                }

                return (new SocketConnection(socket, handshake.Key, time.GetUtcNow()) { Routing = routing }, null);
            }

            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.PaymentRequired or HttpStatusCode.TooManyRequests) return (null, answer);
            Remember(call.Account, (int)answer.StatusCode >= 500 ? AfterFault : AfterRefusal);
        }
        catch (HttpRequestException ex) when (ex.HttpRequestError is not (HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError))
        {
            // Somebody is there, and does not know what to make of it.
            Remember(call.Account, AfterFault);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Remember(call.Account, AfterRefusal);
        }

        answer?.Dispose();
        return (null, null);
    }

    private static StreamContent EventsOf(SocketAnswer answer)
    {
        var content = new StreamContent(answer);
        content.Headers.TryAddWithoutValidation("Content-Type", "text/event-stream");
        return content;
    }

    /// <summary>Makes the response the error answer that HTTP would have brought.</summary>
    private static void Refuse(HttpResponseMessage response, in SocketMessage error, int status, SocketAnswer answer)
    {
        response.StatusCode = (HttpStatusCode)status;
        response.Content = new ByteArrayContent(error.Body.ToArray());
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        foreach (var (name, value) in error.Headers)
        {
            response.Headers.Remove(name);
            response.Headers.TryAddWithoutValidation(name, value);
        }

        answer.Dispose();
    }

    private bool IsRefused(Account account)
    {
        if (_refusals.IsEmpty || !_refusals.TryGetValue(account.Id, out var until)) return false;
        if (until > time.GetUtcNow()) return true;
        _refusals.TryRemove(account.Id, out _);
        return false;
    }

    /// <summary>For so long the account's requests go over HTTP.</summary>
    private void Remember(Account account, TimeSpan term)
    {
        if (_refusals.Count >= MostRefusals) _refusals.Clear();
        _refusals[account.Id] = time.GetUtcNow() + term;
    }
}
