using Dragoman.Gateway.Providers;
using Dragoman.Management;
using Dragoman.Management.Logins;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The logins that were begun by this surface, by the state that its callers know them by.</summary>
internal sealed class LoginStates(TimeProvider time)
{
    private const int Most = 256;
    private const int MostState = 128;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, KnownLogin> _known = new(StringComparer.Ordinal);

    /// <summary>Whether a text can be a state (wire notes cliproxyapi 1.8).</summary>
    public static bool IsState(string text)
        => text.Length is > 0 and <= MostState && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') && !text.Contains("..", StringComparison.Ordinal);

    /// <summary>Keeps a login; returns its state: that of the vendor's address, else its own id.</summary>
    public string Add(LoginView login, ProviderModule provider, Actor actor)
    {
        var state = StateIn(login.Address) is { } own && IsState(own) ? own : login.Id;
        lock (_gate)
        {
            if (_known.Count >= Most) _known.Remove(_known.MinBy(static pair => pair.Value.BeganAt).Key);
            _known[state] = new KnownLogin(login.Id, provider, actor, time.GetUtcNow(), StateIn(login.Address) == state);
        }

        return state;
    }

    /// <summary>The login of a state; null for none.</summary>
    public KnownLogin? Find(string state)
    {
        lock (_gate) return _known.GetValueOrDefault(state);
    }

    private static string? StateIn(string? address)
    {
        if (address is null || !Uri.TryCreate(address, UriKind.Absolute, out var uri)) return null;
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(uri.Query);
        return query.TryGetValue("state", out var state) ? state.ToString() : null;
    }
}

/// <summary>A login that was begun by this surface.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">Whom it is at.</param>
/// <param name="Actor">Who began it.</param>
/// <param name="BeganAt">When.</param>
/// <param name="IsVendorState">Whether its state is the one that the vendor gives back.</param>
internal sealed record KnownLogin(string Id, ProviderModule Provider, Actor Actor, DateTimeOffset BeganAt, bool IsVendorState);
