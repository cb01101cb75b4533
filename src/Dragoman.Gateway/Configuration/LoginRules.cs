using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.Configuration;

/// <summary><c>oauth-excluded-models</c>, <c>oauth-model-alias</c> and <c>oauth-request-scoped-errors</c>: what holds for all logins of a provider, by the word that credential files name it by.</summary>
public sealed record LoginRules
{
    /// <summary>None.</summary>
    public static LoginRules None { get; } = new();

    /// <summary>Patterns of models that no login of a channel is used for.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ExcludedModels { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Further names of models of a channel.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ModelAlias>> Aliases { get; init; } = new Dictionary<string, IReadOnlyList<ModelAlias>>();

    /// <summary>What follows from failures of the logins of a channel that have no rules of their own.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ErrorRule>> ErrorRules { get; init; } = new Dictionary<string, IReadOnlyList<ErrorRule>>();

    /// <summary>Whether they say the same as others.</summary>
    public bool AreSame(LoginRules other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Same(ExcludedModels, other.ExcludedModels) && Same(Aliases, other.Aliases) && Same(ErrorRules, other.ErrorRules);
    }

    /// <summary>An account with the rules of its provider; one with a key stays as it is.</summary>
    public Account Apply(Account account, ProviderModule provider)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(provider);
        if (account.Credential is not OAuthCredential || provider.FileType is not { } channel) return account;
        if (ExcludedModels.TryGetValue(channel, out var excluded)) account = account with { ExcludedModels = [.. account.ExcludedModels.Concat(excluded).Distinct(StringComparer.OrdinalIgnoreCase)] };
        if (account.ErrorRules.Count == 0 && ErrorRules.TryGetValue(channel, out var errors)) account = account with { ErrorRules = errors };
        return Aliases.TryGetValue(channel, out var aliases) && account.Models.Count == 0 ? account with { Aliases = aliases } : account;
    }

    private static bool Same<T>(IReadOnlyDictionary<string, IReadOnlyList<T>> one, IReadOnlyDictionary<string, IReadOnlyList<T>> other)
        => one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var list) && pair.Value.SequenceEqual(list));
}
