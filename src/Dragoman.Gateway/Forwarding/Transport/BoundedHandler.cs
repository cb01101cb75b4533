using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>
/// Asks vendors on the gateway's own behalf (logins, renewals, quotas): answers are read whole, are bounded in size and time, and are not redirected. What goes wrong on the way is an
/// <see cref="HttpRequestException"/> whose message may be shown.
/// </summary>
/// <param name="transport">The connections.</param>
/// <param name="proxyUrl">The proxy, as an account would name it; null for the gateway's own way.</param>
/// <param name="time">The clock.</param>
public sealed class BoundedHandler(UpstreamTransport transport, string? proxyUrl, TimeProvider time) : HttpMessageHandler
{
    private const int MaxBytes = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Headers.UserAgent.Count == 0 && !request.Headers.Contains("User-Agent")) request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        using var late = new CancellationTokenSource(Timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            var response = await transport.For(proxyUrl).SendAsync(request, limit.Token);
            try
            {
                var body = new ByteArrayContent(await ReadAsync(response.Content, limit.Token));
                body.Headers.ContentType = response.Content.Headers.ContentType;
                response.Content = body;
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException ex) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{request.RequestUri?.Host} did not answer in time.", ex);
        }
        catch (IOException ex)
        {
            throw new HttpRequestException($"{request.RequestUri?.Host} broke the connection off.", ex);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (whole.Length + count > MaxBytes) throw new HttpRequestException("The answer is larger than a megabyte.");
            whole.Write(buffer, 0, count);
        }

        return whole.ToArray();
    }
}
