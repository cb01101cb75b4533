using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>
/// Puts what the gateway asks a service on its own behalf (set-up, quotas) to the service's next address where the provider's <see cref="HostFallback"/> says that the host is at fault, as requests go on to it. What is
/// asked elsewhere passes. Where no address answers well, the first answer counts.
/// </summary>
/// <param name="inner">Reaches the vendor.</param>
/// <param name="addresses">The service's addresses, without a slash at the end.</param>
/// <param name="provider">The provider.</param>
/// <param name="account">The account that asks; null for one that is not there yet.</param>
/// <param name="hosts">Which addresses were broken a moment ago.</param>
/// <param name="time">The clock.</param>
internal sealed class HostFallbackHandler(HttpMessageHandler inner, IReadOnlyList<string> addresses, ProviderModule provider, Account? account, HostOrder hosts, TimeProvider time) : DelegatingHandler(inner)
{
    private readonly HostFallback _fallback = provider.HostFallback ?? throw new ArgumentException("The provider has one host.", nameof(provider));

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var text = request.RequestUri!.AbsoluteUri;
        if (addresses.FirstOrDefault(address => text.StartsWith(address + "/", StringComparison.OrdinalIgnoreCase)) is not { } named) return await base.SendAsync(request, cancellationToken);
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var order = hosts.Order(addresses);
        HttpResponseMessage? first = null;
        for (var place = 0; ; place++)
        {
            var isLast = place == order.Count - 1;
            Failure failure;
            try
            {
                using var asked = Copy(request, new Uri(order[place] + text[named.Length..]), body);
                var response = await base.SendAsync(asked, cancellationToken);
                if (response.IsSuccessStatusCode || !_fallback.MovesOn(failure = await FailureOfAsync(response, cancellationToken)))
                {
                    hosts.Restore(order[place]);
                    first?.Dispose();
                    return response;
                }

                if (first is null) first = response;
                else response.Dispose();
            }
            catch (HttpRequestException ex)
            {
                failure = ConnectionFaults.FailureOf(ConnectionFaults.Explain(ex, account?.Label ?? provider.Id)!);
                if (!_fallback.MovesOn(failure) || (isLast && first is null)) throw;
            }

            if (HostFallback.IsBroken(failure)) hosts.PassOver(order[place]);
            if (isLast) return first!;
            await Task.Delay(_fallback.PauseAfter(failure), time, cancellationToken);
        }
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, Uri address, byte[]? body)
    {
        var copy = new HttpRequestMessage(request.Method, address) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach (var header in request.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        if (body is null) return copy;
        copy.Content = new ByteArrayContent(body);
        foreach (var header in request.Content!.Headers.NonValidated) copy.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        return copy;
    }

    private async Task<Failure> FailureOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var error = ProtocolRegistry.Upstream(account?.Protocol ?? provider.Descriptor.Protocols[0]).ReadError((int)response.StatusCode, body);
        return provider.Failures.Classify(new UpstreamFailure(error, response.Headers, time.GetUtcNow()) { Body = body, Account = account });
    }
}
