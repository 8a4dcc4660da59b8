using System.Text.Encodings.Web;
using System.Text.Json;

namespace Reconciler.Hosting;

/// <summary>One JSON object per line, UTC: for machines first, since people have the pages.</summary>
internal static class StructuredLogs
{
    internal static void AddStructuredLogs(this WebApplicationBuilder builder) => Configure(builder.Logging, builder.Configuration);

    internal static void Configure(ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Npgsql", LogLevel.Error);
        // It tells of each page with a form that it made it uncacheable, which is meant.
        logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        logging.AddJsonConsole(console =>
        {
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
            console.UseUtcTimestamp = true;
            console.JsonWriterOptions = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        });
    }
}
