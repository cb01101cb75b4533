using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>Requests by a Kimi plan, in either protocol, from the device that signed in. The key of a cached prompt (<c>prompt_cache_key</c>, <c>metadata.user_id</c>) is the client's and passes as it is.</summary>
internal sealed class KimiRequests : IRequestBuilder
{
    private static readonly JsonRequests Json = new(static call => call.Operation switch
    {
        UpstreamOperation.Generate => call.Account.Protocol == Protocol.AnthropicMessages ? "/messages" : "/chat/completions",
        UpstreamOperation.ListModels => "/models",
        _ => null,
    });

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        if (Json.Build(call) is not { } built) return null;
        var (headers, options) = (built.Message.Headers, call.Account.Options);
        if (call.Account.Protocol == Protocol.AnthropicMessages && call.Operation == UpstreamOperation.Generate && !headers.Contains("anthropic-version")) headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        if (call.Credential.Credential is OAuthCredential login)
        {
            KimiDevice.Describe(
                headers, options.GetValueOrDefault(KimiAccountSchema.Platform.Name, KimiSettings.DefaultPlatform), options.GetValueOrDefault(KimiAccountSchema.Version.Name, KimiSettings.DefaultVersion), KimiDevice.IdOf(login));
        }

        return built;
    }
}
