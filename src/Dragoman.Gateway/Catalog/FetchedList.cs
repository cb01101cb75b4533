using System.Net.Http.Headers;

namespace Dragoman.Gateway.Catalog;

/// <summary>A list of models as it was fetched.</summary>
/// <param name="Bytes">The list; null where it has not changed since it was fetched before.</param>
/// <param name="Dated">When it was changed last, where that is reported.</param>
/// <param name="Tag">The mark by which its server knows whether it has changed (RFC 9110, ETag); null without one.</param>
internal sealed record FetchedList(byte[]? Bytes, DateTimeOffset? Dated, EntityTagHeaderValue? Tag);
