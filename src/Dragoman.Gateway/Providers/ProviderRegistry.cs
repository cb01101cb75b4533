using System.Diagnostics.CodeAnalysis;

namespace Dragoman.Gateway.Providers;

/// <summary>The providers there are, by their ids.</summary>
public sealed class ProviderRegistry
{
    private readonly Dictionary<string, ProviderModule> _modules;

    /// <summary>A registry of the given providers. Their order is the order in which accounts of the configuration file are listed.</summary>
    public ProviderRegistry(IEnumerable<ProviderModule> modules)
    {
        All = [.. modules];
        _modules = All.ToDictionary(module => module.Id, StringComparer.Ordinal);
    }

    /// <summary>All of them, in their order.</summary>
    public IReadOnlyList<ProviderModule> All { get; }

    /// <summary>The provider of the given id.</summary>
    public ProviderModule this[string id] => _modules.TryGetValue(id, out var module)
        ? module
        : throw new InvalidOperationException($"There is no provider '{id}'.");

    /// <summary>Finds the provider of an id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out ProviderModule? module) => _modules.TryGetValue(id, out module);

    /// <summary>
    /// Whether a key is not one of a provider's settings but part of the account itself or of a credential, and so has a place of its own: every account's fields, the provider's own
    /// credential keys, and those of any other provider that it has no setting for.
    /// </summary>
    public bool IsReserved(ProviderModule module, string key)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (Schema.CommonAccountSettings.AccountFields.Any(field => field.Keys.Contains(key, StringComparer.Ordinal))) return true;
        if (module.Accounts.Form.CredentialKeys.Contains(key, StringComparer.Ordinal)) return true;
        return !module.Accounts.Form.Settings.Any(field => field.Keys.Contains(key, StringComparer.Ordinal))
            && All.Any(other => other.Accounts.Form.CredentialKeys.Contains(key, StringComparer.Ordinal));
    }
}
