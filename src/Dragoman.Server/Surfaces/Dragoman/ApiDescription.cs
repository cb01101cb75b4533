using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Dragoman.Gateway.Providers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>
/// What the OpenAPI document says beyond what the routes' types say: which members may be absent, how the secret is shown, and which faults
/// any route may answer.
/// </summary>
internal static class ApiDescription
{
    private const string Secret = "management_secret";
    private static readonly NullabilityInfoContext Nullability = new();

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Dragoman management API",
                Version = Product.Version,
                Description = "Members without a value are left out. Times are ISO 8601 in UTC; durations are seconds or milliseconds, as their names say. Programs on the gateway's own machine need no secret unless the configuration asks it of them.",
                License = new() { Name = "MIT" },
            };
            document.Servers = [];
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Secret] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The management secret; the header x-management-key takes it too." },
            };
            document.Security = [new() { [new OpenApiSecuritySchemeReference(Secret, document)] = [] }, new()];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (schema.Required is { Count: > 0 } required && context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
            {
                foreach (var property in context.JsonTypeInfo.Properties.Where(MayBeAbsent)) required.Remove(property.Name);
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            var fault = await context.GetOrCreateSchemaAsync(typeof(FaultBody), null, cancellationToken);
            context.Document!.AddComponent("FaultBody", fault);
            operation.Responses ??= [];
            Add(operation.Responses, context.Document, "400", "The request says something that cannot be.");
            Add(operation.Responses, context.Document, "401", "The management secret is missing or wrong.");
            Add(operation.Responses, context.Document, "403", "Not from there: the caller is on another machine and that is not allowed, or a page of another site.");
            Add(operation.Responses, context.Document, "429", "Too many wrong secrets from this address.");
            Add(operation.Responses, context.Document, "503", "The store does not answer, or has no room.");
            if (context.Description.RelativePath?.Contains('{', StringComparison.Ordinal) == true) Add(operation.Responses, context.Document, "404", "There is no such thing.");
            if (!HttpMethods.IsGet(context.Description.HttpMethod ?? "GET")) Add(operation.Responses, context.Document, "409", "Somebody else changed it meanwhile, or its state does not allow it.");
            foreach (var (status, response) in operation.Responses)
            {
                if (status[0] is '4' or '5' && response is OpenApiResponse { Content: null or { Count: 0 } } bare) bare.Content = FaultContent(context.Document);
            }
        });
    }

    /// <summary>Null is not written, so what may be null may be absent.</summary>
    private static bool MayBeAbsent(JsonPropertyInfo property)
    {
        if (Nullable.GetUnderlyingType(property.PropertyType) is not null) return true;
        if (property.PropertyType.IsValueType || property.AttributeProvider is not PropertyInfo member) return false;
        lock (Nullability) return Nullability.Create(member).ReadState == NullabilityState.Nullable;
    }

    private static void Add(OpenApiResponses responses, OpenApiDocument document, string status, string description)
    {
        if (responses.TryGetValue(status, out var there) && there is OpenApiResponse own) own.Description = description;
        else responses[status] = new OpenApiResponse { Description = description, Content = FaultContent(document) };
    }

    private static Dictionary<string, OpenApiMediaType> FaultContent(OpenApiDocument document)
        => new() { ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("FaultBody", document) } };
}
