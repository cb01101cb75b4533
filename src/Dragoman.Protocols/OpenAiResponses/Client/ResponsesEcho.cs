using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>The fields of a request that the response object repeats, as they stood; empty where the client did not say.</summary>
internal sealed class ResponsesEcho
{
    public JsonSlice Background;
    public JsonSlice Conversation;
    public JsonSlice Instructions;
    public JsonSlice MaxOutputTokens;
    public JsonSlice MaxToolCalls;
    public JsonSlice Metadata;
    public JsonSlice ParallelToolCalls;
    public JsonSlice PreviousResponseId;
    public JsonSlice PromptCacheKey;
    public JsonSlice PromptCacheRetention;
    public JsonSlice Reasoning;
    public JsonSlice SafetyIdentifier;
    public JsonSlice ServiceTier;
    public JsonSlice Store;
    public JsonSlice Temperature;
    public JsonSlice Text;
    public JsonSlice ToolChoice;
    public JsonSlice Tools;
    public JsonSlice TopLogProbs;
    public JsonSlice TopP;
    public JsonSlice Truncation;
    public JsonSlice User;

    /// <summary>Whether the client asked for the pages a web search looked at.</summary>
    public bool IncludesSources;
}
