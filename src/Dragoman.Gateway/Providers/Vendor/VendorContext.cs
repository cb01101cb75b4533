namespace Dragoman.Gateway.Providers.Vendor;

/// <summary>What a provider's code works with where the gateway itself asks the vendor: logins, renewals, quotas, sign-out.</summary>
/// <param name="Http">Reaches the vendor, by the proxy of the account or of the gateway. Answers are whole and bounded; no redirect is followed.</param>
/// <param name="Time">The clock.</param>
/// <param name="Settings">The provider's settings as they are configured now; see <see cref="SettingsAs{T}"/>.</param>
public sealed record VendorContext(HttpMessageInvoker Http, TimeProvider Time, object? Settings)
{
    /// <summary>What a person has said for this one login, by the words of its flow (a start page, a region); empty for nothing. The flow checks it as it checks any foreign text.</summary>
    public IReadOnlyDictionary<string, string> Wishes { get; init; } = new Dictionary<string, string>();

    /// <summary>The settings of the provider.</summary>
    public T SettingsAs<T>()
        where T : class
        => Settings as T ?? throw new InvalidOperationException($"The provider has no {typeof(T).Name}.");
}
