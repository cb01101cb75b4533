using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Http;

/// <summary>What the API-key providers have in common: JSON over HTTP, a key in a header, and statuses that mean the usual.</summary>
public abstract class KeyedProvider : IProvider
{
    /// <summary>Parsing an address costs more than looking it up; there are as many as accounts and models.</summary>
    private static readonly ConcurrentDictionary<string, Uri> Addresses = new(StringComparer.Ordinal);

    private const int MaxAddresses = 2048;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <inheritdoc/>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public virtual bool IsVendor(Account account) => false;

    /// <inheritdoc/>
    public ValueTask<HttpRequestMessage?> CreateRequestAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        var path = PathOf(call);
        if (path is null) return ValueTask.FromResult<HttpRequestMessage?>(null);
        var request = new HttpRequestMessage(call.Operation == UpstreamOperation.ListModels ? HttpMethod.Get : HttpMethod.Post, AddressOf(call.Account.BaseUrl + path))
        {
            VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
            Version = HttpVersion.Version11,
        };
        if (call.Operation != UpstreamOperation.ListModels)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
            request.Content.Headers.ContentType = Json;
        }

        foreach (var (name, value) in call.ClientHeaders) request.Headers.TryAddWithoutValidation(name, HeaderText.Clean(value));
        if (call.Account.Credential is ApiKeyCredential { Key.Length: > 0 } credential) Authorize(request, call.Account, credential.Key);
        Complete(request, call);
        request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        foreach (var (name, value) in call.Account.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return ValueTask.FromResult<HttpRequestMessage?>(request);
    }

    /// <inheritdoc/>
    public virtual Failure Classify(WireError error, HttpResponseHeaders headers, DateTimeOffset now)
    {
        var wait = error.RetryAfter ?? RetryHints.Read(headers, now);
        var until = wait is { } delay ? now + delay : (DateTimeOffset?)null;
        return new Failure(StatusFailures.ClassOf(error), error with { RetryAfter = wait }, until);
    }

    /// <inheritdoc/>
    public virtual long? ReadTokenCount(ReadOnlyMemory<byte> body) => null;

    /// <inheritdoc/>
    public QuotaReading? ReadQuotas(HttpResponseHeaders headers, DateTimeOffset now) => QuotaHeaders.Read(headers, now);

    private static Uri AddressOf(string address)
    {
        if (Addresses.TryGetValue(address, out var known)) return known;
        // Clients can name any number of models; what they name must not fill the memory.
        if (Addresses.Count >= MaxAddresses) Addresses.Clear();
        return Addresses.GetOrAdd(address, static text => new Uri(text));
    }

    /// <summary>The path and query of an operation, to be put behind the account's address; null when the provider does not offer it.</summary>
    protected abstract string? PathOf(UpstreamCall call);

    /// <summary>Puts the key where the provider wants it.</summary>
    protected virtual void Authorize(HttpRequestMessage request, Account account, string key)
        => request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);

    /// <summary>Adds what else the provider requires.</summary>
    protected virtual void Complete(HttpRequestMessage request, UpstreamCall call)
    {
    }
}
