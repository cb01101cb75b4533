using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>Makes what providers ask their vendors with: the gateway's connections, bounded, and the provider's settings as they are configured at that moment.</summary>
/// <param name="transport">The connections.</param>
/// <param name="settings">The settings of a provider now.</param>
/// <param name="time">The clock.</param>
public sealed class VendorContexts(UpstreamTransport transport, Func<ProviderModule, object?> settings, TimeProvider time)
{
    // Of its own: a page of quotas that is broken does not say where requests had better go.
    private readonly HostOrder _hosts = new(time);

    /// <summary>For an account: by its own proxy, and at the further addresses of its service.</summary>
    public VendorContext For(ProviderModule provider, Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return Create(provider, account.ProxyUrl, [account.BaseUrl, .. account.FallbackUrls], account);
    }

    /// <summary>For an account that is not there yet.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="proxy">The proxy as a person writes it; null for the gateway's own way.</param>
    public VendorContext For(ProviderModule provider, string? proxy)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return Create(provider, proxy is null ? null : AddressSettings.ParseProxy(proxy), settings(provider) is IServiceAddresses service ? [service.BaseUrl, .. service.FallbackUrls] : [], null);
    }

    private VendorContext Create(ProviderModule provider, string? proxyUrl, IReadOnlyList<string> addresses, Account? account)
    {
        HttpMessageHandler handler = new BoundedHandler(transport, proxyUrl, time);
        if (provider.HostFallback is not null && addresses.Count > 1) handler = new HostFallbackHandler(handler, addresses, provider, account, _hosts, time);
        return new VendorContext(new HttpMessageInvoker(handler), time, settings(provider));
    }
}
