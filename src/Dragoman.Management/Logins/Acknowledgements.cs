using System.Globalization;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;

namespace Dragoman.Management.Logins;

/// <summary>
/// That an owner has read a vendor's position on use by other programs, and signs in all the same: kept in the store with the position's date, so that it is asked again when the vendor
/// changes its position.
/// </summary>
public sealed class Acknowledgements(ISettingStore settings)
{
    private const string Prefix = "acknowledged.";
    private const string Format = "yyyy-MM-dd";

    /// <summary>Whether the position as it stands was acknowledged before.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<bool> HasAsync(ProviderModule provider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return await settings.GetAsync(Prefix + provider.Id, cancellationToken) is { } stored
            && DateOnly.TryParseExact(stored.Value, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date >= provider.Descriptor.ThirdPartyUse.AsOf;
    }

    /// <summary>Keeps that it was.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public Task AddAsync(ProviderModule provider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return settings.SetAsync(new Setting(Prefix + provider.Id, provider.Descriptor.ThirdPartyUse.AsOf.ToString(Format, CultureInfo.InvariantCulture)), null, cancellationToken);
    }
}
