using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodeAssist;

/// <summary>Requests to the service behind Code Assist, in its envelope. The list of models is a question with the project in it.</summary>
/// <param name="listMethod">What is asked for the list of models.</param>
internal sealed class CodeAssistRequests(string listMethod) : IRequestBuilder
{
    private static readonly JsonRequests Json = new(static call => call.Operation switch
    {
        UpstreamOperation.Generate => call.Stream ? "/v1internal:streamGenerateContent?alt=sse" : "/v1internal:generateContent",
        UpstreamOperation.CountTokens => "/v1internal:countTokens",
        _ => null,
    });

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Operation != UpstreamOperation.ListModels) return Json.Build(call);
        if (call.Credential.Credential is not OAuthCredential login) return null;
        var request = CodeAssistSetup.ToService(call.Account.BaseUrl, listMethod, login, writer =>
        {
            if (CodeAssistEnvelope.ProjectOf(call) is { Length: > 0 } project) writer.WriteString("project", project);
        });
        // It is put on last of all.
        request.Headers.Authorization = null;
        OwnerHeaders.Put(request, call.Account);
        return new BuiltRequest(request, default);
    }
}
