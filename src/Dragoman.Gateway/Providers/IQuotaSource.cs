using System.Net.Http.Headers;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Providers;

/// <summary>Knows how much of an account's quotas is left.</summary>
public interface IQuotaSource
{
    /// <summary>What the headers of any answer say; null where they say nothing. A source that asks an endpoint of its own says nothing here.</summary>
    QuotaReading? ReadHeaders(HttpResponseHeaders headers, DateTimeOffset now);
}
