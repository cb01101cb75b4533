using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.Forwarding.Transport.Sockets;

/// <summary>
/// The request that asks for a WebSocket. It goes by the transport's own pools, as every request does: the account's proxy, the limits of a connection and TLS are the same, and a refusal is an answer
/// with a status, headers and a body that can be read like any other.
/// </summary>
internal sealed class SocketHandshake : IDisposable
{
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly HttpRequestMessage _message;
    private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    private SocketHandshake(HttpRequestMessage message, string? key, string? routing) => (_message, Key, Routing) = (message, key, routing);

    /// <summary>Which requests the connection may serve; null for this one only.</summary>
    public string? Key { get; }

    /// <summary>What the request says about where it shall go; null for nothing.</summary>
    public string? Routing { get; }

    /// <summary>Makes the handshake of a request.</summary>
    /// <param name="request">The request, as HTTP would carry it.</param>
    /// <param name="call">The call.</param>
    /// <param name="binding">What the vendor needs.</param>
    public static SocketHandshake Create(HttpRequestMessage request, UpstreamCall call, ISocketBinding binding)
    {
        var address = request.RequestUri!;
        var message = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(address) { Scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            // How an answer over HTTP shall look.
            if (!name.Equals("Accept", StringComparison.OrdinalIgnoreCase)) message.Headers.TryAddWithoutValidation(name, values);
        }

        binding.PrepareHandshake(message.Headers, call.Account);
        var routing = binding.RoutingHeader is { } header && message.Headers.NonValidated.TryGetValues(header, out var sent) ? sent.ToString() : null;
        var handshake = new SocketHandshake(message, KeyOf(message, call.Account.ProxyUrl, binding), routing);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", handshake._nonce)])
            message.Headers.TryAddWithoutValidation(name, value);
        return handshake;
    }

    /// <summary>Sends it.</summary>
    public Task<HttpResponseMessage> SendAsync(UpstreamTransport http, UpstreamCall call, CancellationToken cancellationToken) => http.SendAsync(call.Account, _message, cancellationToken);

    /// <summary>The socket that an answer opens; null where it opens none.</summary>
    public async Task<WebSocket?> OpenAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.StatusCode != HttpStatusCode.SwitchingProtocols || !answer.Headers.NonValidated.TryGetValues("Sec-WebSocket-Accept", out var accepted) || accepted.ToString() != Expected()) return null;
        var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = TimeSpan.FromSeconds(30) });
    }

    /// <inheritdoc/>
    public void Dispose() => _message.Dispose();

    /// <summary>All that a connection was opened with has to be the same for a request that goes over it; null where the request names no conversation.</summary>
    private static string? KeyOf(HttpRequestMessage message, string? proxy, ISocketBinding binding)
    {
        var text = new StringBuilder(1024).Append(message.RequestUri!.AbsoluteUri).Append('\n').Append(proxy).Append('\n');
        var names = false;
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            names |= binding.IsOfConversation(name);
            if (!binding.IsOfOneRequest(name) && !name.Equals(binding.RoutingHeader, StringComparison.OrdinalIgnoreCase)) text.Append(name.ToLowerInvariant()).Append(':').Append(values.ToString()).Append('\n');
        }

        // The credential is in it.
        return names ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))) : null;
    }

    private string Expected()
    {
#pragma warning disable CA5350 // RFC 6455 says so; nothing is kept secret by it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(_nonce + Magic)));
#pragma warning restore CA5350
    }
}
