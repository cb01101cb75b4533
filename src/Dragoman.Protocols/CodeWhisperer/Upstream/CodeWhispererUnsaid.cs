using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>Parameters of a request for which the service has no field.</summary>
internal static class CodeWhispererUnsaid
{
    /// <summary>Reports what the protocol has no field for.</summary>
    public static void Report(ConversationRequest request, Losses losses)
    {
        var sampling = request.Sampling;
        const string NoSampling = "Kiro has no such parameter";
        if (request.MaxOutputTokens is { } limit)
        {
            if (limit < 1) throw WireException.Invalid("The output limit must be at least 1.", "max_tokens");
            if (limit < CodeWhispererTextReader.LargestCountedLimit) losses.Approximate("max_tokens", "Kiro has no limit of the output; the gateway counts and cuts the answer off");
            else losses.Drop("max_tokens", "Kiro has no limit of the output");
        }

        if (sampling.Temperature is not null) losses.Drop("temperature", NoSampling);
        if (sampling.TopP is not null) losses.Drop("top_p", NoSampling);
        if (sampling.TopK is not null) losses.Drop("top_k", NoSampling);
        if (sampling.Candidates is > 1) losses.Drop("n", "Kiro gives one answer");
        if (sampling.FrequencyPenalty is not null and not 0) losses.Drop("frequency_penalty", NoSampling);
        if (sampling.PresencePenalty is not null and not 0) losses.Drop("presence_penalty", NoSampling);
        if (sampling.Seed is not null) losses.Drop("seed", NoSampling);
        if (sampling.LogProbs == true) losses.Drop("logprobs", "Kiro gives no log probabilities");
        if (sampling.TopLogProbs is not null) losses.Drop("top_logprobs", "Kiro gives no log probabilities");
        if (!sampling.LogitBias.IsEmpty && !sampling.LogitBias.IsNull) losses.Drop("logit_bias", NoSampling);
        if (request.Verbosity is not null) losses.Drop("verbosity", NoSampling);
        if (request.ServiceTier is not (null or "auto" or "default" or "standard_only")) losses.Drop("service_tier", "Kiro has no tiers");
        if (request.Store == true) losses.Drop("store", "Kiro keeps no answers");
        if (request.UserId is not null) losses.Drop("user", "Kiro takes no user; it only tells conversations apart");
        if (request.Metadata.IsObject) losses.Drop("metadata", "Kiro takes no metadata");
        foreach (var modality in request.Modalities ?? [])
        {
            if (modality != "text") losses.Drop("modalities", $"{modality} is not asked for through Kiro");
        }

        losses.DropForeign(request.Extras, Protocol.CodeWhisperer);
    }
}
