using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Abstractions;

/// <summary>JSON over HTTP: the account's address with an operation's path behind it, the client's headers that belong to the protocol, and the owner's own.</summary>
/// <param name="path">The path and query of an operation, to be put behind the account's address; null when the provider does not offer it.</param>
/// <param name="defaults">Headers that a request gets where neither client nor owner has set them.</param>
public sealed class JsonRequests(Func<UpstreamCall, string?> path, params (string Name, string Value)[] defaults) : IRequestBuilder
{
    private const int MaxAddresses = 2048;

    /// <summary>Parsing an address costs more than looking it up; there are as many as accounts and models.</summary>
    private static readonly ConcurrentDictionary<string, Uri> Addresses = new(StringComparer.Ordinal);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (path(call) is not { } rest) return null;
        var lists = call.Operation == UpstreamOperation.ListModels;
        var request = new HttpRequestMessage(lists ? HttpMethod.Get : HttpMethod.Post, AddressOf(call.Account.BaseUrl + rest))
        {
            VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
            Version = HttpVersion.Version11,
        };
        if (!lists)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
            request.Content.Headers.ContentType = Json;
        }

        foreach (var (name, value) in call.ClientHeaders) request.Headers.TryAddWithoutValidation(name, HeaderText.Clean(value));
        OwnerHeaders.Put(request, call.Account);
        foreach (var (name, value) in defaults)
            if (!request.Headers.Contains(name)) request.Headers.TryAddWithoutValidation(name, value);
        if (!request.Headers.Contains("User-Agent")) request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        return new BuiltRequest(request, lists ? default : call.Body);
    }

    private static Uri AddressOf(string address)
    {
        if (Addresses.TryGetValue(address, out var known)) return known;
        // Clients can name any number of models; what they name must not fill the memory.
        if (Addresses.Count >= MaxAddresses) Addresses.Clear();
        return Addresses.GetOrAdd(address, static text => new Uri(text));
    }
}
