using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Requests to the service behind Kiro in their REST form (kiro-and-bedrock §B.1, §B.2): a conversation, a web search, the list of models. The gateway names itself; what stands in headers beside that
/// are the members that the service's own model binds to them.
/// </summary>
internal sealed class KiroRequests(KiroMemory memory) : IRequestBuilder
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>How the body of a web search begins; a conversation's begins otherwise.</summary>
    private static ReadOnlySpan<byte> SearchHead => "{\"id\":\"web_search_tooluse_"u8;

    /// <summary>The profile that an account's requests name; null where it has none.</summary>
    public static string? ProfileOf(Account account, Credential credential) => account.Options.GetValueOrDefault(KiroAccountSchema.Profile.Name) ?? KiroExtra.Of(credential, KiroExtra.ProfileArn);

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var profile = ProfileOf(call.Account, call.Credential.Credential);
        switch (call.Operation)
        {
            case UpstreamOperation.Generate:
                var isSearch = call.Body.Span.StartsWith(SearchHead);
                var request = new HttpRequestMessage(HttpMethod.Post, KiroAddress.Conversations(call.Account, memory.IsElsewhere(call.Account)) + (isSearch ? "/mcp" : "/generateAssistantResponse"))
                {
                    Content = new ReadOnlyMemoryContent(call.Body) { Headers = { ContentType = Json } },
                };
                request.Headers.TryAddWithoutValidation("Accept", isSearch ? "application/json" : "application/vnd.amazon.eventstream");
                if (!isSearch) request.Headers.TryAddWithoutValidation("x-amzn-kiro-agent-mode", "vibe");
                if (profile is not null) request.Headers.TryAddWithoutValidation("x-amzn-kiro-profile-arn", profile);
                return Finish(request, call.Account, call.Body);
            case UpstreamOperation.ListModels:
                var list = new HttpRequestMessage(HttpMethod.Get, ListAddress(call.Account, call.Credential.Credential, profile, next: null));
                list.Headers.TryAddWithoutValidation("Accept", "application/json");
                return Finish(list, call.Account, default);
            default:
                return null;
        }
    }

    /// <summary>Where a page of the list of models is.</summary>
    public static Uri ListAddress(Account account, Credential credential, string? profile, string? next)
    {
        var (path, origin) = KiroAddress.IsNewList(account, credential) ? ("/List-Available-Models", "KIRO_CLI") : ("/ListAvailableModels", "AI_EDITOR");
        return QueryText.AddressWith(KiroAddress.Lists(account, credential) + path, ("origin", origin), ("maxResults", "50"), ("profileArn", profile), ("nextToken", next));
    }

    private static BuiltRequest Finish(HttpRequestMessage request, Account account, ReadOnlyMemory<byte> body)
    {
        var headers = request.Headers;
        headers.TryAddWithoutValidation("x-amzn-codewhisperer-optout", "true");
        headers.TryAddWithoutValidation("amz-sdk-invocation-id", Guid.NewGuid().ToString());
        headers.TryAddWithoutValidation("amz-sdk-request", "attempt=1; max=1");
        OwnerHeaders.Put(request, account);
        if (!headers.Contains("User-Agent")) headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        return new BuiltRequest(request, body);
    }
}
