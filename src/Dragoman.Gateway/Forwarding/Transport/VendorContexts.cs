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
    /// <summary>For an account: by its own proxy.</summary>
    public VendorContext For(ProviderModule provider, Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return Create(provider, account.ProxyUrl);
    }

    /// <summary>For an account that is not there yet.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="proxy">The proxy as a person writes it; null for the gateway's own way.</param>
    public VendorContext For(ProviderModule provider, string? proxy) => Create(provider, proxy is null ? null : AddressSettings.ParseProxy(proxy));

    private VendorContext Create(ProviderModule provider, string? proxyUrl)
        => new(new HttpMessageInvoker(new BoundedHandler(transport, proxyUrl, time)), time, settings(provider));
}
