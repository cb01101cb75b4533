namespace Dragoman.Protocols.Conversation;

/// <summary>
/// What an upstream's writer changed about tools, so that the answer can be changed back: names that the upstream does not allow, and
/// custom tools declared as functions with one string.
/// </summary>
public sealed class ToolNameMap
{
    private Dictionary<string, string>? _toUpstream;
    private Dictionary<string, string>? _toClient;
    private HashSet<string>? _wrapped;

    /// <summary>The parameter that holds a wrapped custom tool's free text.</summary>
    public const string WrappedParameter = "input";

    /// <summary>Whether anything was agreed at all.</summary>
    public bool Any => _toClient is not null || _wrapped is not null;

    /// <summary>
    /// The name the upstream shall see for <paramref name="name"/>: the name itself when <paramref name="allowed"/> takes it, else a legal,
    /// unique one that is the same for the same name in every turn (so that prompt caches survive).
    /// </summary>
    /// <param name="name">The client's name.</param>
    /// <param name="allowed">Which characters the upstream takes.</param>
    /// <param name="maxLength">How many characters it takes.</param>
    /// <param name="first">Which of them it takes at the beginning, where that is fewer.</param>
    /// <param name="taken">Whether the client has a tool of the name with <c>_</c> before it, so that it cannot stand for this one.</param>
    public string Upstream(string name, Func<char, bool> allowed, int maxLength, Func<char, bool>? first = null, bool taken = false)
    {
        if (_toUpstream is not null && _toUpstream.TryGetValue(name, out var known)) return known;
        var led = first is not null && name.Length > 0 && allowed(name[0]) && !first(name[0]);
        var fits = name.Length > 0 && name.Length + (led ? 1 : 0) <= maxLength && name.All(allowed);
        if (fits && !led && (_toClient is null || !_toClient.ContainsKey(name))) return name;
        // A name that only begins wrong stays readable: 1x becomes _1x.
        var clean = (led ? "_" : "") + string.Concat(name.Select(c => allowed(c) ? c : '_'));
        var result = clean;
        if (!fits || !led || taken || _toClient?.ContainsKey(clean) == true)
        {
            var tail = "_" + Hash(name);
            result = clean[..Math.Min(clean.Length, maxLength - tail.Length)] + tail;
        }

        (_toUpstream ??= [])[name] = result;
        (_toClient ??= [])[result] = name;
        return result;
    }

    /// <summary>Notes that the upstream knows the client's tool under a name of its own protocol, and calls it by that.</summary>
    public void Stand(string clientName, string upstreamName) => (_toClient ??= [])[upstreamName] = clientName;

    /// <summary>The client's name for the tool the upstream calls <paramref name="name"/>.</summary>
    public string Client(string name) => _toClient is not null && _toClient.TryGetValue(name, out var original) ? original : name;

    /// <summary>Notes that the custom tool (by the client's name) was declared as a function with one string parameter.</summary>
    public void Wrap(string clientName) => (_wrapped ??= []).Add(clientName);

    /// <summary>Whether the tool (by the client's name) is a custom tool that was wrapped.</summary>
    public bool IsWrapped(string clientName) => _wrapped is not null && _wrapped.Contains(clientName);

    private static string Hash(string name)
    {
        // FNV-1a: short, stable across processes, and no secret depends on it.
        var hash = 2166136261u;
        foreach (var c in name) hash = (hash ^ c) * 16777619u;
        return hash.ToString("x8");
    }
}
