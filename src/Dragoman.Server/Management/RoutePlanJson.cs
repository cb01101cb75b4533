using System.Buffers;
using Dragoman.Gateway.Models;
using Dragoman.Wire.Json;

namespace Dragoman.Server.Management;

/// <summary>A route plan as JSON, for the API and for <c>dragoman explain --json</c>.</summary>
internal static class RoutePlanJson
{
    public static void Write(RoutePlan plan, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("model"u8, plan.RequestedModel);
        writer.WriteStartArray("steps"u8);
        foreach (var step in plan.Steps) writer.WriteStringValue(step);
        writer.WriteEndArray();
        writer.WriteStartArray("candidates"u8);
        foreach (var candidate in plan.Candidates)
        {
            writer.WriteStartObject();
            writer.WriteString("account"u8, candidate.Account.Label);
            writer.WriteString("account_id"u8, candidate.Account.Id);
            writer.WriteString("provider"u8, candidate.Account.Provider);
            writer.WriteString("language"u8, candidate.Account.Language.ToString());
            writer.WriteString("model"u8, candidate.Model.Id);
            writer.WriteNumber("priority"u8, candidate.Account.Priority);
            if (candidate.Why is { } why) writer.WriteString("why"u8, why);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("excluded"u8);
        foreach (var exclusion in plan.Excluded)
        {
            writer.WriteStartObject();
            writer.WriteString("account"u8, exclusion.Account.Label);
            writer.WriteString("model"u8, exclusion.Model);
            writer.WriteString("reason"u8, exclusion.Reason);
            if (exclusion.Until is { } until) writer.WriteString("until"u8, until);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (plan.Error is { } error)
        {
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("status"u8, error.EffectiveStatus);
            writer.WriteString("message"u8, error.Message);
            if (error.Code is { } code) writer.WriteString("code"u8, code);
            if (error.RetryAfter is { } wait) writer.WriteNumber("retry_after_seconds"u8, Math.Ceiling(wait.TotalSeconds));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }
}
