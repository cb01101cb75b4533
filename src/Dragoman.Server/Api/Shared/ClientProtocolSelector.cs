using System.Collections.Frozen;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Server.Api.Shared;

/// <summary>
/// The protocol in which a request wants its answer where no route of its own says it: by the path where that belongs to one API, else by the
/// headers that only the clients of one API send, else <see cref="ProtocolRegistry.Default"/>.
/// </summary>
internal sealed class ClientProtocolSelector
{
    private readonly ProtocolSigns[] _signs;
    private readonly FrozenDictionary<string, Protocol> _owners;

    public ClientProtocolSelector(IEnumerable<ProtocolSigns> signs)
    {
        _signs = [.. signs];
        _owners = _signs.SelectMany(one => one.Words.Select(word => (word, one.Protocol))).ToFrozenDictionary(pair => pair.word, pair => pair.Protocol, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The protocol of a request that no handler took.</summary>
    public Protocol Select(HttpRequest request) => ByPath(request.Path.Value ?? "") ?? ByHeaders(request) ?? ProtocolRegistry.Default;

    /// <summary>The protocol whose clients send such headers, or null where nothing tells.</summary>
    public Protocol? ByHeaders(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        foreach (var one in _signs)
        {
            foreach (var header in one.Headers)
                if (request.Headers.ContainsKey(header)) return one.Protocol;
            foreach (var start in one.UserAgents)
                if (agent.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return one.Protocol;
        }

        return null;
    }

    /// <summary>A path without the versions that it begins with; clients with <c>/v1</c> in their base address double it.</summary>
    public static ReadOnlySpan<char> BehindVersion(string path)
    {
        var rest = path.AsSpan().TrimStart('/');
        while (rest.StartsWith("v1/", StringComparison.OrdinalIgnoreCase)) rest = rest[3..].TrimStart('/');
        return rest;
    }

    private Protocol? ByPath(string path)
    {
        foreach (var one in _signs)
            if (one.OwnsPath(path)) return one.Protocol;
        foreach (var one in _signs)
        {
            foreach (var start in one.Roots)
                if (path.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return one.Protocol;
        }

        var rest = BehindVersion(path);
        var end = rest.IndexOf('/');
        return _owners.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(end < 0 ? rest : rest[..end], out var owner) ? owner : null;
    }
}
