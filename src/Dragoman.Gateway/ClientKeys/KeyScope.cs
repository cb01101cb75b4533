using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>What a key may be used for.</summary>
public static class KeyScope
{
    /// <summary>
    /// Whether the caller may ask for a model, by the name it uses or by that name without what only says how (<c>models/</c>, <c>[1m]</c>,
    /// a reasoning suffix).
    /// </summary>
    public static bool AllowsModel(this ClientIdentity client, string model)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(model);
        var patterns = client.Scopes.Models;
        if (patterns.Count == 0) return true;
        var name = RequestedName.Trimmed(model);
        if (Fits(patterns, name)) return true;
        var bare = RequestedName.WithoutLongContext(name);
        if (RequestedName.TrySplitSuffix(bare, out var unsuffixed, out _)) bare = RequestedName.WithoutLongContext(unsuffixed);
        return bare.Length != name.Length && Fits(patterns, bare);
    }

    /// <summary>Whether the caller may come in by a face of the gateway.</summary>
    public static bool AllowsSurface(this ClientIdentity client, Surface surface)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Scopes.Surfaces.Count == 0 || Fits(client.Scopes.Surfaces, surface.ToString());
    }

    /// <summary>Whether the caller may see a model: its name is allowed, and one of those who serve it too.</summary>
    public static bool AllowsSight(this ClientIdentity client, VisibleModel model)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(model);
        if (!client.AllowsModel(model.Id)) return false;
        var providers = client.Scopes.Providers;
        return providers.Count == 0 || model.Servers.Any(account => Fits(providers, account.Provider));
    }

    /// <summary>What a client is told that asks for a model its key is not for.</summary>
    internal static WireError Refusal(ClientIdentity client, string model)
        => new(ErrorKind.Permission, $"The API key '{client.Name}' ({client.KeyId}) is not allowed to use the model '{model}'. Ask for another, or widen the key's models.") { Code = "model_not_allowed", Param = "model" };

    private static bool Fits(IReadOnlyList<string> patterns, string text)
    {
        foreach (var pattern in patterns)
        {
            if (Wildcard.Matches(pattern, text)) return true;
        }

        return false;
    }
}
