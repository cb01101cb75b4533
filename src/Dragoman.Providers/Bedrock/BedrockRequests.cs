using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Bedrock;

/// <summary>
/// Requests to AWS Bedrock. Claude models are asked in Anthropic's own protocol over InvokeModel (nothing is lost on the way), all others over
/// Converse; an account whose protocol is <see cref="Protocol.BedrockConverse"/>, or a model named <c>converse/…</c>, uses Converse for Claude too.
/// </summary>
internal sealed class BedrockRequests(BedrockConnection connection) : IRequestBuilder
{
    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        var region = connection.RegionOf(call.Account, connection.CredentialOf(call.Credential.Credential));
        var protocol = ProtocolRegistry.Traits(call.Account.Protocol).ProtocolFor(call.Model);
        if (AddressOf(call, protocol, region) is not { } address) return null;
        var body = BodyOf(call, protocol);
        var request = new HttpRequestMessage(call.Operation == UpstreamOperation.ListModels ? HttpMethod.Get : HttpMethod.Post, address);
        var streams = call is { Stream: true, Operation: UpstreamOperation.Generate };
        request.Headers.TryAddWithoutValidation("Accept", streams ? "application/vnd.amazon.eventstream" : "application/json");
        if (streams && protocol == Protocol.BedrockAnthropic) request.Headers.TryAddWithoutValidation("X-Amzn-Bedrock-Accept", "application/json");
        if (call.Operation != UpstreamOperation.ListModels)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        OwnerHeaders.Put(request, call.Account);
        return new BuiltRequest(request, body);
    }

    private static ReadOnlyMemory<byte> BodyOf(UpstreamCall call, Protocol protocol) => call.Operation switch
    {
        UpstreamOperation.CountTokens => BedrockBodies.Count(protocol, call.Body),
        UpstreamOperation.Generate when protocol == Protocol.BedrockAnthropic => BedrockBodies.WithBetas(call),
        UpstreamOperation.Generate => BedrockGuardrail.Put(call.Body, call.Account),
        _ => default,
    };

    private Uri? AddressOf(UpstreamCall call, Protocol protocol, string region)
    {
        var operation = call.Operation switch
        {
            UpstreamOperation.ListModels => "",
            UpstreamOperation.CountTokens => "count-tokens",
            _ when protocol == Protocol.BedrockAnthropic => call.Stream ? "invoke-with-response-stream" : "invoke",
            _ => call.Stream ? "converse-stream" : "converse",
        };
        if (operation.Length == 0) return new Uri($"{BaseOf(call.Account, region, "bedrock")}/foundation-models?byOutputModality=TEXT");
        var model = BedrockModels.Resolve(call.Model.Id, region);
        if (connection.NeedsProfile(model)) model = BedrockModels.GeographyOf(region, model) + model;
        if (call.Operation == UpstreamOperation.CountTokens)
        {
            model = BedrockModels.BaseId(call.Model.Id);
            // Only Claude's tokens are counted, and only by the base id, which an application profile's ARN does not tell.
            if (!BedrockModels.IsClaude(model)) return null;
        }

        return new Uri($"{BaseOf(call.Account, region, "bedrock-runtime")}/model/{Uri.EscapeDataString(model)}/{operation}");
    }

    private static string BaseOf(Account account, string region, string host)
    {
        // AWS's own address names only one of its two hosts; any other (a gateway, an emulator) serves both.
        if (account.BaseUrl.Length > 0 && AwsRegion.OfHost(account.BaseUrl) is null) return account.BaseUrl.TrimEnd('/');
        if (account.BaseUrl.Length > 0 && host == "bedrock-runtime") return account.BaseUrl.TrimEnd('/');
        return $"https://{host}.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";
    }
}
