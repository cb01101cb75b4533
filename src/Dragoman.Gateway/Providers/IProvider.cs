using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Providers;

/// <summary>A kind of upstream: its addresses, headers, signature and errors. Stateless; one instance serves all its accounts.</summary>
public interface IProvider
{
    /// <summary>The id accounts refer to (<c>claude</c>).</summary>
    string Id { get; }

    /// <summary>The protocol a model of the account is asked in; a host that speaks several chooses by the model.</summary>
    Protocol GetProtocol(Account account, UpstreamModel model) => ProtocolRegistry.Traits(account.Protocol).ProtocolFor(model);

    /// <summary>Whether the account's host is Anthropic itself, which alone takes Claude Code's attribution line.</summary>
    bool IsVendor(Account account) => false;

    /// <summary>
    /// Makes the HTTP request: method, address, headers, credential, content. May wait (AWS credential chains). Null when the provider
    /// does not offer the operation (a provider without a count endpoint).
    /// </summary>
    ValueTask<HttpRequestMessage?> CreateRequestAsync(UpstreamCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Turns an error answer into a failure class. <paramref name="error"/> was read from the body by the upstream's protocol;
    /// reset hints in headers and body are turned into <see cref="Failure.Until"/>, uncapped (Relay caps them).
    /// </summary>
    Failure Classify(WireError error, HttpResponseHeaders headers, DateTimeOffset now);

    /// <summary>Reads how the account's quotas stand from the headers of any answer; null where none says it.</summary>
    QuotaReading? ReadQuotas(HttpResponseHeaders headers, DateTimeOffset now) => null;

    /// <summary>Reads the number of tokens from the answer to <see cref="UpstreamOperation.CountTokens"/>; null when it is not there.</summary>
    long? ReadTokenCount(ReadOnlyMemory<byte> body) => null;
}
